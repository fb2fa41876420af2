"""Level 1 of the analysis: a teacher reads the map of a class and writes what will change in the teaching.

Behind it stands an analysis meeting of the teacher alone, one per class, round and teacher. Source: MISSION S19–S21.
"""
