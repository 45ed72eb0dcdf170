// Command write writes the tables of package law to the file named by its argument.
package main

import (
	"fmt"
	"os"

	"belfry/media/codec/internal/law"
)

func main() {
	source, err := law.Source()
	if err == nil && len(os.Args) != 2 {
		err = fmt.Errorf("usage: write FILE")
	}
	if err == nil {
		err = os.WriteFile(os.Args[1], source, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}
