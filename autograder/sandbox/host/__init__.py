"""The host side, trusted: runs sessions and treats everything they send as hostile input."""
