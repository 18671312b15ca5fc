"""What runs behind the wall: the standard library, numpy, and nothing of ours but this folder."""
