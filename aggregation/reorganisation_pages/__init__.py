"""The pages on which units are moved, merged, divided, closed, renamed, given new codes, and added.

forms.py: what an act asks for; acts.py: which form, plan and deed belong to which act; previews.py: what it comes to.
"""
