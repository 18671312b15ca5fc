"""What students answer to questions that the instructor grades: text and pictures. Pure.

Everything here comes from students. Text is only ever shown as text; a picture is passed on if it
is a PNG or JPEG of a reasonable size, and nothing decodes it but the instructor's browser.
"""
