"""What a page costs in queries before its own."""

# The version of the content, and the moments between which it holds: records have just changed.
VERSION = 2
# Which version the numbers beside the choices of a list, kept in the cache, are of.
KEPT_NUMBERS = 1
