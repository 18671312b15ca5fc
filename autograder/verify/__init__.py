"""Check a course: solutions must lose nothing, stubs everything, mistakes what they declare."""
