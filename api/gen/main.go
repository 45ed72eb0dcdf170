// Gen writes api/openapi.json, which the pages' types are made from:
//
//	go run ./api/gen
package main

import (
	"log"
	"os"

	"belfry/api"
)

func main() {
	name := "api/openapi.json"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	if err := os.WriteFile(name, api.OpenAPI(), 0o644); err != nil {
		log.Fatal(err)
	}
}
