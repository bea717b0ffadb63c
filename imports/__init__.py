"""Inbound workbooks: the vocabulary of columns and cells, the reader, and one module per format."""
