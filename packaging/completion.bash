# Bash completion for dropsweep: commands, options and their values, read from the output of --help.
# shellcheck shell=bash

_dropsweep() {
    local program=${COMP_WORDS[0]/#\~/$HOME} current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}
    local word command='' help value='' assigned=''
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -* ]] || { command=$word && break; }
    done
    # shellcheck disable=SC2086
    help=$("$program" $command --help 2>/dev/null) || return
    # In COMP_WORDS "--option=value" is three words.
    [[ $current != = ]] || { assigned=1 && current=''; }
    [[ $option != = ]] || { assigned=1 && option=${COMP_WORDS[COMP_CWORD - 2]}; }

    if [[ $option == --* ]]; then
        value=$(sed -nE "s/^  $option ([^ ]+).*/\1/p" <<<"$help")
        [[ $value != \[* ]] || value=${assigned:+on|off} # a switch takes its value only after =
    fi
    if [[ $value == FILE || $value == PATH ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    elif [[ $value == DIR ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
    elif [[ $value ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(grep -oE '\b[a-z][a-z0-9_-]*\b' <<<"$value")" -- "$current")
    elif [[ ! $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(sed -nE '/^commands:/,/^$/s/^  ([a-z]+).*/\1/p' <<<"$help") \
            --help --version" -- "$current")
    elif [[ $current != -* && $help == "usage: dropsweep $command "[A-Z]* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(sed -nE 's/^  (--[a-z0-9-]+).*/\1/p' <<<"$help")" -- "$current")
    fi
}
complete -F _dropsweep dropsweep
