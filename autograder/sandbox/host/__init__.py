"""The host side, trusted: it holds sessions and believes nothing that comes back."""
