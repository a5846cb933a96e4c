# What ganvas-pipeline.sh does; a copy of this file, changed, is what it is given. Left out, a line means its default.

HOME_FOLDER=~/ganvas           # all folders below lie in it
GANVAS=ganvas                  # or where it is installed: ~/ganvas/.venv/bin/ganvas

# What stands after `ganvas collect`, one source a line.
SOURCES=(
  "--collection avatars --count 500"
  # "--search 'portrait drawing' --engine flickr --filter license=4,9,10 --contact you@example.org"
)
CATALOGUE=catalogue
RULES=portrait                 # what counts as good: portrait, or a YAML file
WAIT_FOR_REVIEW=yes            # no: the pictures are taken as the checks propose them

RECIPE=dcgan-64-small
SETTINGS=()                    # changes to it, KEY=VALUE
KIMG=                          # length of the training; the recipe's if empty

FEATURES=effnet
METRIC=kid_effnet
AT_MOST=0.1                    # the largest value that passes the gate
AT_LEAST=

NAME=portraits                 # what the published bundle is called
SETS=sets RUNS=runs BUNDLES=bundles

TRIES=4 PAUSE=60               # of each command that fails, and the seconds before the second try
