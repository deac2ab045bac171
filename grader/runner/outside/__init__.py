"""On our side of the wall: processes started, watched, ended and cleaned up after."""
