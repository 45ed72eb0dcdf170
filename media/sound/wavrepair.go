package sound

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"

	"belfry/core"
)

// Repair makes the header of a WAV file of ours at path agree with its size, and
// cuts off what is less than a sample. It returns how long the sound is. A sound
// file is left as it is. A file without a whole header is an Invalid error.
func Repair(path string) (time.Duration, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	length, err := repair(file)
	if err != nil {
		return 0, err
	}
	return length, file.Sync()
}

func repair(file *os.File) (time.Duration, error) {
	f, start, told, err := readHeader(file)
	if err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	size := min(info.Size()-start, mostSize)
	frame := int64(f.frame())
	length := func(size int64) time.Duration {
		return time.Duration(size/frame) * time.Second / time.Duration(f.Rate)
	}
	if told == size || told%2 == 1 && told+1 == size { // the latter closed in order, with its padding
		return length(told), nil
	}
	size -= size % frame
	if err := file.Truncate(start + size); err != nil {
		return 0, err
	}
	if _, err := file.WriteAt(f.header(uint32(size)), 0); err != nil {
		return 0, err
	}
	return length(size), nil
}

// readHeader reads a header as Format.header writes it: its format, where the
// sound begins and how many octets it is said to have.
func readHeader(r io.ReaderAt) (f Format, start, size int64, err error) {
	broken := core.Errorf(core.Invalid, "wav-broken", "the file has no header of a recording")
	head := make([]byte, 64)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return f, 0, 0, err
	}
	if n < headerSize {
		return f, 0, 0, broken
	}
	for _, f := range formats() {
		want := f.header(0)
		if n < len(want) {
			continue
		}
		got := append([]byte(nil), head[:len(want)]...)
		size := binary.LittleEndian.Uint32(got[len(got)-4:])
		clear(got[len(got)-4:])
		copy(got[4:8], want[4:8])
		if f.Codec != "" {
			clear(got[len(got)-12 : len(got)-8])
		}
		if string(got) == string(want) {
			return f, int64(len(want)), int64(size), nil
		}
	}
	return f, 0, 0, broken
}

// formats are all that a Writer writes.
func formats() (all []Format) {
	for channels := 1; channels <= 2; channels++ {
		all = append(all,
			Format{"", 8000, channels}, Format{"", 16000, channels},
			Format{"PCMU", 8000, channels}, Format{"PCMA", 8000, channels})
	}
	return all
}
