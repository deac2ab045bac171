"""What people see: one Report as terminal text and as one self-contained HTML file.

``text`` needs nothing beyond the standard library. ``html`` needs Jinja and Pygments, so
import it only where an HTML file is asked for.
"""
