"""WHAT CAME IN BY SHEET: files as they were handed in, the batches they became, row by row, and their withdrawal."""
