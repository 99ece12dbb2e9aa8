"""Programs that move files: ours, Microsoft's client, and a loop over `shutil`. Each is a process, measured from inside.

usage: PROGRAM WAY FOLDER PLACE ANSWER_JSON, where WAY is up or down, and PLACE a folder, or an account's URL with the
container. They write the seconds that the transfer took, and the most memory that the process ever had.
"""
