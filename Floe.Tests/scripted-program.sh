#!/bin/sh
# The program of every test that needs one with words of its own (ScriptedProgram.cs): called by a link, it does what the script beside the link says.
. "$0.script"
