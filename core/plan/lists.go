package plan

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// List is one of a Doc's lists of things, told once: how its things are found
// and named. Whoever lists, reads or changes them needs to know no field of
// theirs, so that a new one is there for all at once.
type List[T any] struct {
	Name   string // as it is written: queues
	One    string // queue
	Prefix string // of the ids that are given to new ones
	In     func(*Doc) *[]T
	Key    func(*T) *string // the id; of a number the number
	Words  func(*T) []string
}

// The lists that an administrator changes thing by thing. Words are what a
// person looks for one by; the first is what it is called.
var (
	UserList = List[User]{
		"users", "user", "usr_", func(d *Doc) *[]User { return &d.Users },
		func(x *User) *string { return (*string)(&x.ID) },
		func(x *User) []string { return []string{x.Name, x.Login, x.Extension} },
	}
	ProfileList = List[Profile]{
		"profiles", "profile", "pro_", func(d *Doc) *[]Profile { return &d.Profiles },
		func(x *Profile) *string { return (*string)(&x.ID) },
		func(x *Profile) []string { return []string{x.Name} },
	}
	ActivityList = List[Activity]{
		"activities", "activity", "act_", func(d *Doc) *[]Activity { return &d.Activities },
		func(x *Activity) *string { return (*string)(&x.ID) },
		func(x *Activity) []string { return []string{x.Name, x.NameFR} },
	}
	QueueList = List[Queue]{
		"queues", "queue", "que_", func(d *Doc) *[]Queue { return &d.Queues },
		func(x *Queue) *string { return (*string)(&x.ID) },
		func(x *Queue) []string { return []string{x.Name} },
	}
	GroupList = List[Group]{
		"groups", "group", "grp_", func(d *Doc) *[]Group { return &d.Groups },
		func(x *Group) *string { return (*string)(&x.ID) },
		func(x *Group) []string { return []string{x.Name} },
	}
	NumberList = List[Number]{
		"numbers", "number", "+", func(d *Doc) *[]Number { return &d.Numbers },
		func(x *Number) *string { return &x.Number },
		func(x *Number) []string { return []string{x.Number, x.Label} },
	}
	SoundList = List[Sound]{
		"sounds", "sound", "snd_", func(d *Doc) *[]Sound { return &d.Sounds },
		func(x *Sound) *string { return (*string)(&x.ID) },
		func(x *Sound) []string { return []string{x.Name, x.Text} },
	}
	HoursList = List[Hours]{
		"hours", "hours", "hrs_", func(d *Doc) *[]Hours { return &d.Hours },
		func(x *Hours) *string { return &x.ID },
		func(x *Hours) []string { return []string{x.Name} },
	}
	MailboxList = List[Mailbox]{
		"mailboxes", "mailbox", "box_", func(d *Doc) *[]Mailbox { return &d.Mailboxes },
		func(x *Mailbox) *string { return (*string)(&x.ID) },
		func(x *Mailbox) []string { return []string{x.Name} },
	}
	TreeList = List[Tree]{
		"trees", "tree", "tre_", func(d *Doc) *[]Tree { return &d.Trees },
		func(x *Tree) *string { return (*string)(&x.ID) },
		func(x *Tree) []string { return []string{x.Name} },
	}
	TrunkList = List[Trunk]{
		"trunks", "trunk", "trk_", func(d *Doc) *[]Trunk { return &d.Trunks },
		func(x *Trunk) *string { return (*string)(&x.ID) },
		func(x *Trunk) []string { return []string{x.Name, x.Host} },
	}
)

// Find returns the thing and its place; nil when there is none of the id.
func (l List[T]) Find(d *Doc, id string) (int, *T) {
	all := *l.In(d)
	for i := range all {
		if *l.Key(&all[i]) == id {
			return i, &all[i]
		}
	}
	return -1, nil
}

// With returns a copy of the document in which x stands, in the place of the
// thing that has its id, else at the end. The document itself does not change.
func (l List[T]) With(d *Doc, x T) *Doc {
	next := *d
	all := slices.Clone(*l.In(d))
	if i, old := l.Find(d, *l.Key(&x)); old != nil {
		all[i] = x
	} else {
		all = append(all, x)
	}
	*l.In(&next) = all
	return &next
}

// Without returns a copy of the document without the thing.
func (l List[T]) Without(d *Doc, id string) *Doc {
	next := *d
	all := slices.Clone(*l.In(d))
	*l.In(&next) = slices.DeleteFunc(all, func(x T) bool { return *l.Key(&x) == id })
	return &next
}

// Use is a place in a Doc that names a thing.
type Use struct {
	List  string // company: the company itself
	ID    string
	Name  string
	Field string // from its own beginning: nodes[1].settings.queue
}

// Used finds all that names the thing with the id: what would point nowhere
// without it. It reads the document as it is written, so that no field can be
// forgotten: an id stands for one thing in the whole document.
func Used(d *Doc, id string) ([]Use, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, unreadable(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, unreadable(err)
	}
	s := search{id: id}
	for _, list := range sorted(doc) {
		switch v := doc[list].(type) {
		case map[string]any:
			s.from = Use{List: list, ID: word(v, "id"), Name: word(v, "name")}
			s.look("", v)
		case []any:
			for _, item := range v {
				x, is := item.(map[string]any)
				if !is {
					continue // plain lists name nobody: numbers that nobody calls
				}
				s.from = Use{List: list, ID: word(x, "id"), Name: word(x, "name")}
				if s.from.ID == "" {
					s.from.ID, s.from.Name = word(x, "number"), word(x, "label")
				}
				if s.from.ID != id {
					s.look("", x)
				}
			}
		}
	}
	return s.found, nil
}

type search struct {
	id    string
	from  Use
	found []Use
}

// people are fields in words of people: a name that reads like an id is none.
var people = []string{"id", "name", "name_fr", "label", "text", "login", "extension"}

func (s *search) look(path string, v any) {
	switch v := v.(type) {
	case string:
		if v == s.id {
			s.note(path)
		}
	case []any:
		for i, x := range v {
			s.look(element(path, i), x)
		}
	case map[string]any:
		for _, k := range sorted(v) {
			field := k
			if path != "" {
				field = path + "." + k
			}
			if k == s.id {
				s.note(field)
			}
			if !slices.Contains(people, k) {
				s.look(field, v[k])
			}
		}
	}
}

func (s *search) note(path string) {
	u := s.from
	u.Field = path
	s.found = append(s.found, u)
}

func word(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m { // sorted below
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Place reads where a Problem is: the list, the thing's place in it and its id,
// and the field from there. A field of no list is the rest alone.
func (d *Doc) Place(field string) (list string, i int, id, rest string) {
	list, rest, found := strings.Cut(field, "[")
	number, rest, closed := strings.Cut(rest, "]")
	i, err := strconv.Atoi(number)
	if !found || !closed || err != nil {
		return "", -1, "", field
	}
	return list, i, d.idAt(list, i), strings.TrimPrefix(rest, ".")
}

func (d *Doc) idAt(list string, i int) string {
	switch list {
	case UserList.Name:
		return UserList.idAt(d, i)
	case ProfileList.Name:
		return ProfileList.idAt(d, i)
	case ActivityList.Name:
		return ActivityList.idAt(d, i)
	case QueueList.Name:
		return QueueList.idAt(d, i)
	case GroupList.Name:
		return GroupList.idAt(d, i)
	case NumberList.Name:
		return NumberList.idAt(d, i)
	case SoundList.Name:
		return SoundList.idAt(d, i)
	case HoursList.Name:
		return HoursList.idAt(d, i)
	case MailboxList.Name:
		return MailboxList.idAt(d, i)
	case TrunkList.Name:
		return TrunkList.idAt(d, i)
	case TreeList.Name:
		return TreeList.idAt(d, i)
	}
	return ""
}

func (l List[T]) idAt(d *Doc, i int) string {
	if all := *l.In(d); i >= 0 && i < len(all) {
		return *l.Key(&all[i])
	}
	return ""
}
