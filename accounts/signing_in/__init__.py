"""Signing in, on top of allauth: its flows, with our own pages, forms and limits."""
