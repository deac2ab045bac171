# Imports what nothing has imported before.
# outcome: ok

import bz2
import cProfile
import csv
import curses
import dbm
import decimal
import difflib
import email.message
import fractions
import http.client
import json
import lzma
import sqlite3
import statistics
import unittest
import uuid
import wave
import xml.etree.ElementTree
import zoneinfo

database = sqlite3.connect("test.db")
database.execute("create table t (x)")
database.commit()
print(zoneinfo.ZoneInfo("UTC"), uuid.uuid4(), statistics.mean([1, 2]), "fine")
