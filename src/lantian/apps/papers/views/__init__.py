"""Pages of papers: lists, the paper with its steps, the editor, letterheads and templates."""
