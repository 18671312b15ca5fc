"""What both sides of the wall speak: the wire format and the zygote's configuration."""
