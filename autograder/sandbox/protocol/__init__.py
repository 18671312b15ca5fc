"""What both sides of the boundary share: the wire format and the zygote's configuration."""
