"""Measures the pages as browsers, readers and validators see them: `make audit`."""
