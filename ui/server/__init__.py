"""Many visitors in one process: turns, slots, memory, headers, origins."""
