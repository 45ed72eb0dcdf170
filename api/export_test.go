package api

// Patterns are all that is registered.
func (a *API) Patterns() []string { return a.mux.patterns }

// Rows are the table of rights.
func Rows() []string {
	var rows []string
	for pattern := range needs {
		rows = append(rows, pattern)
	}
	return rows
}
