package browsertest

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// imports sends files of licenses: one whose rows have to be put right, which is
// discarded, and one that is imported.
func (f *forms) imports() {
	plan := f.planName()
	path := f.sendFile("licenses", "profile,plan,name\nNobody at all,\""+plan+"\",From a file\n")
	f.submit(to(path + "/check"))
	f.until(path, "1 row cannot be made")
	f.See("No profile of yours is called this.")
	f.submit(to(path + "/discard"))
	f.See("Discarded")

	path = f.sendFile("licenses", "profile;plan;name\nComputersAreUs Holding;"+plan+";From a file\n")
	f.submit(to(path + "/check"))
	f.until(path, "Import 1 row")
	f.submit(to(path + "/apply"))
	f.until(path, "Imported: 1 license.")
	f.Go("/licenses?q=From+a+file")
	f.See("From a file")
}

// planName returns what a plan for development licenses is called.
func (f *forms) planName() string {
	f.Go("/licenses/new")
	name, _, _ := strings.Cut(Eval[string](f.Page, `[...document.querySelectorAll("#plan option")].find(o => o.value).textContent`), " · ")
	return name
}

// sendFile sends a file of what is to be made, and returns the address of the import.
func (f *forms) sendFile(kind, content string) string {
	f.t.Helper()
	file := filepath.Join(f.t.TempDir(), kind+".csv")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.Go("/imports/new?kind=" + kind)
	f.do(chromedp.SetUploadFiles("#file", []string{file}))
	f.submit("main form.form button.btn-primary")
	f.See("Columns to match")
	return f.thing()
}

// until opens a page until it says something about its progress; what it is about is done
// in no time.
func (f *forms) until(path, words string) {
	f.t.Helper()
	const most = 500
	for range most {
		f.Go(path)
		if strings.Contains(f.Text("#progress"), words) {
			return
		}
	}
	f.t.Fatalf("%s does not say %q: %s", path, words, f.Text("#progress"))
}
