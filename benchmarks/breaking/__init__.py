"""Faults on purpose, and what harm they do: each scenario runs with a guard of the product in place, or without it.

The tests run few of each, `bench faults` many. Every scenario returns a Harm.
"""
