"""Messages that students read outside of our pages: in other systems, and in mails."""

from autograder.messages.catalogue import catalogue

EXPORTS = catalogue("exports")
say = EXPORTS.say
