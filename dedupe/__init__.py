"""Which offers are the same course?"""
