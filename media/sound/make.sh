#!/bin/sh
# make.sh speaks voice/prompts.txt and leaves one WAV file for each line in voice/:
# mono, 8 kHz, µ-law. It needs espeak-ng and sox; the build does not. The same
# versions give the same files (made with espeak-ng 1.51, SoX 14.4.2).
set -eu
cd "$(dirname "$0")/voice"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep -v '^#' prompts.txt | while IFS='|' read -r name voice speed pitch text; do
	[ -n "$name" ] || continue
	espeak-ng -v "$voice" -s "$speed" -p "$pitch" -g 2 -a 90 -w "$work/raw.wav" "$text"
	# No rumble, no silence at either end but a breath, peaks at -3 dB, then the band
	# of a telephone. -D: no dither, -R: nothing random.
	sox -R -D "$work/raw.wav" "$work/wide.wav" gain -6 highpass 150 \
		silence 1 0.01 0.3% reverse silence 1 0.01 0.3% reverse \
		pad 0.1 0.15 norm -3
	sox -R -D "$work/wide.wav" -r 8000 -c 1 -e mu-law -b 8 "$name.wav" rate -h 8000
done
ls -l ./*.wav | awk '{ sum += $5 } END { print NR " files, " sum " bytes" }'
