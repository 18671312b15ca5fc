"""What both sides of the boundary share: messages, and the zygote's configuration.

`values` says what a message may hold, `encoder` and `decoder` turn values into bytes and back, and
`wire` moves messages over a socket (`sockets`).
"""
