import { EXIT } from '../core/exit.ts';
import type { Io } from './io.ts';

// Each asks the program itself, by the name it was called, so that it never lags behind it. Nothing of an answer is run.
const BASH = `# bash completion of rollcall: source <(rollcall completion bash)
_rollcall() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _rollcall rollcall
`;

const ZSH = `#compdef rollcall
# zsh completion of rollcall: in a folder of fpath as _rollcall, or source <(rollcall completion zsh)
_rollcall() {
  local line files=0
  local -a found
  while IFS= read -r line; do
    if [[ $line == :files ]]; then files=1
    else found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && _describe rollcall found
  (( files )) && _files
}
if [[ \${funcstack[1]} == _rollcall ]]; then _rollcall "$@"; else compdef _rollcall rollcall; fi
`;

const FISH = `# fish completion of rollcall: rollcall completion fish | source
function __rollcall_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    $words[1] complete -- $words[2..-1] "$typed" 2>/dev/null
end
function __rollcall_words
    __rollcall_complete | string match -v ':files'
end
function __rollcall_files
    contains -- :files (__rollcall_complete)
end
complete -c rollcall -f
complete -c rollcall -n __rollcall_files -F
complete -c rollcall -a '(__rollcall_words)'
`;

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;

/** Prints a shell's script. */
export function completion(io: Io, { shell }: { readonly shell: keyof typeof SCRIPTS }): number {
  io.out(SCRIPTS[shell]);
  return EXIT.ok;
}
