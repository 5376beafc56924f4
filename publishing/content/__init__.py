"""Content kept as plain files: how apps declare their types, and how a folder is loaded."""

from publishing.content.keys import Key, NamesKey, ReferenceKey
from publishing.content.nodes import Node, Unreadable
from publishing.content.rows import Rows, Sections
from publishing.content.types import RecordType, register

__all__ = [
    "Key",
    "NamesKey",
    "Node",
    "RecordType",
    "ReferenceKey",
    "Rows",
    "Sections",
    "Unreadable",
    "register",
]
