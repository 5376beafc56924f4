"""The watch of one year as one document: a page, a Markdown file and a PDF.

`years` says what belongs to a year, `gather` assembles it, `blocks` is what it is made of. Each
form writes the same sections and blocks and decides nothing of its own: templates for the page,
`markdown` and `paper` for the two files. `rich_text` carries the texts of the records to all three.
"""
