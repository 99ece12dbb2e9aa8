printf '%s\n%s\n' "$1" "$SIGNATURE" > "$2/one.txt"
