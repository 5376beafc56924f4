"""What a page costs in queries before its own."""

# The name of the version of the content; as records have just changed, its date too, and the
# moments between which it holds.
VERSION = 3
# Which records a page of the API holds, before what is not ready is read.
KEYS = 1
# Which version the numbers beside the choices of a list, kept in the cache, are of.
KEPT_NUMBERS = 1
