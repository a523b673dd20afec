package demo

import (
	"strings"

	"github.com/connectplaza/plaza"
)

// people are names of one part of the world.
type people struct{ first, last []string }

//nolint:gochecknoglobals // constant tables
var (
	dutch = people{
		[]string{"Anouk", "Bas", "Daan", "Eline", "Femke", "Gijs", "Hanna", "Ivo", "Jasmijn", "Koen", "Lotte", "Maarten", "Noor", "Pim", "Roos", "Sem", "Tess", "Wouter", "Zoë", "Joost"},
		[]string{"de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "van Dijk", "Hoekstra", "van 't Hof", "Kuipers", "Postma", "Scholten", "Veenstra", "Wolters", "Zijlstra"},
	}
	belgian = people{
		[]string{"Aurélie", "Bert", "Céline", "Dries", "Élise", "Filip", "Griet", "Hélène", "Jef", "Katrijn", "Luc", "Margaux", "Noé", "Sander", "Veerle"},
		[]string{"Peeters", "Janssens", "D'Hondt", "Maes", "Dubois", "De Smet", "Lambert", "Claes", "Goossens", "Wouters", "Leclercq", "Van Damme"},
	}
	german = people{
		[]string{"Anja", "Björn", "Clara", "Dieter", "Frieda", "Günther", "Heike", "Jürgen", "Käthe", "Lukas", "Marlene", "Sören", "Uwe", "Wiebke"},
		[]string{"Müller", "Schröder", "Weiß", "König", "Schäfer", "Groß", "Lindner", "Vogel", "Brandt", "Kühn", "Jäger", "Zöllner"},
	}
	english = people{
		[]string{"Alice", "Ben", "Chloe", "Declan", "Erin", "Freya", "George", "Harriet", "Isla", "Jack", "Liam", "Maeve", "Niamh", "Oliver", "Ruby"},
		[]string{"O'Brien", "Smith", "Hughes", "Walker", "Fitzgerald", "Cooper", "Marsh", "Bennett", "Kelly", "Wright", "Turner", "Ashworth"},
	}
	japanese = people{
		[]string{"健太", "美咲", "翔", "陽子"},
		[]string{"山田", "佐藤", "鈴木", "高橋"},
	}
	arabic = people{
		[]string{"ليلى", "عمر", "سلمى", "يوسف"},
		[]string{"الحداد", "النجار", "الشامي", "القاسم"},
	}
)

// company is one profile below a reseller.
type company struct {
	name string
	slug string // of its domain
	kind plaza.ProfileKind
	folk people
	ago  int // days since it became a customer
}

// The companies below each reseller. Those with 340 days and more hold what is
// about to end, or has just ended, after a year.
//
//nolint:gochecknoglobals // constant tables
var (
	belowComputersAreUs = []company{
		{bakery, "bakkerij-jansen", plaza.Partner, dutch, 318},
		{"Koffie & Zo", "koffie-en-zo", plaza.Partner, dutch, 384},
		{"Van der Meer Installatietechniek", "vandermeer", plaza.Partner, dutch, 382},
		{"Zorggroep Noorderlicht", "noorderlicht", plaza.Enterprise, dutch, 380},
		{"Müller Präzisionsteile", "mueller", plaza.Partner, german, 358},
		{"’t Hooge Huys Logistiek", "hooge-huys", plaza.Partner, dutch, 349},
		{"O'Brien & Daughters", "obrien", plaza.Partner, english, 344},
		{"Slagerij Peeters & Zonen", "peeters", plaza.Partner, belgian, 328},
		{"Pâtisserie Crème Brûlée", "creme-brulee", plaza.Partner, belgian, 316},
		{"Gemeente Oosterwaard", "oosterwaard", plaza.Enterprise, dutch, 309},
		{"D'Hondt Transport", "dhondt", plaza.Partner, belgian, 297},
		{"Bäckerei Schröder", "schroeder", plaza.Partner, german, 283},
		{"Fietsenmakerij Smit", "fietsen-smit", plaza.Partner, dutch, 270},
		{"Großhandel Weiß & Söhne", "weiss", plaza.Enterprise, german, 262},
		{"Northgate Freight", "northgate", plaza.Partner, english, 245},
		{"山田製作所", "yamada", plaza.Enterprise, japanese, 233},
		{"Apotheek De Linde", "de-linde", plaza.Partner, dutch, 221},
		{"Tulip Cloud Services", "tulip", plaza.Partner, english, 214},
		{"شركة النخيل للتجارة", "palm-trading", plaza.Enterprise, arabic, 196},
		{"Autobedrijf Van ’t Hof", "vanthof", plaza.Partner, dutch, 180},
		{"Kings' Dairy", "kings-dairy", plaza.Partner, english, 161},
		{"Rederij Westerdiep", "westerdiep", plaza.Enterprise, dutch, 143},
		{"Uitgeverij Papier & Inkt", "papier-en-inkt", plaza.Partner, dutch, 118},
		{"Hôtel Château d’Amour", "chateau", plaza.Partner, belgian, 87},
		{"Kwekerij Groenewoud", "groenewoud", plaza.Partner, dutch, 52},
		{"Brouwerij De Gouden Ster", "gouden-ster", plaza.Partner, dutch, 5},
	}
	belowNoordzee = []company{
		{"Visserij Den Boer", "den-boer", plaza.Partner, dutch, 352},
		{"Havenbedrijf Kustlijn", "kustlijn", plaza.Enterprise, dutch, 311},
		{"Strandpaviljoen Zon & Zee", "zon-en-zee", plaza.Partner, dutch, 254},
		{"Jachtwerf Ångström", "angstrom", plaza.Partner, english, 208},
		{"Kaasboerderij De Wit", "kaas-de-wit", plaza.Partner, dutch, 166},
		{"Loodgieter Bakker & Co.", "loodgieter-bakker", plaza.Partner, dutch, 121},
		{"Duinzicht Offshore", "duinzicht", plaza.Enterprise, dutch, 74},
		{"Müslifabriek Żółty", "musli", plaza.Partner, belgian, 31},
	}
	belowRheinland = []company{
		{"Schneider Werkzeugbau", "schneider", plaza.Partner, german, 341},
		{"Käserei Höhenluft", "hoehenluft", plaza.Partner, german, 275},
		{"Autohaus König", "autohaus-koenig", plaza.Partner, german, 190},
		{"Stadtwerke Lindenau", "lindenau", plaza.Enterprise, german, 130},
		{"Brauerei Zum Löwen", "zum-loewen", plaza.Partner, german, 48},
	}
	belowVendor = []company{
		{"Rocket 🚀 Robotics", "rocket", plaza.Enterprise, english, 152},
	}
)

// The profile that a sign-in opens, what stands still, what grew out of a request, and who
// went to another reseller.
const (
	bakery    = "Bakkerij Jansen"
	suspended = "Fietsenmakerij Smit"
	closed    = "Tulip Cloud Services"
	requested = "Kwekerij Groenewoud" // Bakkerij Jansen asked for it
	moved     = "Slagerij Peeters & Zonen"
)

//nolint:gochecknoglobals // constant tables
var (
	agentNames   = []string{"Webshop", "Magazijn", "Boekhouding", "Kassa", "EDI", "Orders", "Planning", "CRM", "Voorraad", "Facturen", "Loonstroken", "Tijdregistratie", "Leveranciers", "Klantportaal", "Weegbrug", "Etiketten"}
	projectNames = []string{"Koppeling webshop", "Proef met EDI", "Nieuwe boekhouding", "Voorraad naar kassa", "Klantportaal 2.0", "Orders van Müller", "Migratie ERP", "Facturen per e-mail", "API voor leveranciers", "Rapportages", "Test lokaal", "Cursus"}
	builds       = []string{"5.4.2", "5.4.2", "5.4.2", "5.4.1", "5.4.1", "5.3.9", "5.2.0"}
	platforms    = []string{"linux/amd64", "linux/amd64", "windows/amd64", "windows/amd64", "linux/arm64"}
	hosts        = []string{"app01", "app02", "srv-plaza", "koppeling-1", "docker-3", "win-7f2k", "nuc-magazijn"}

	warnings = []string{
		"Queue 'orders' is 1,240 messages behind",
		"Certificate of api.leverancier.example ends in 9 days",
		"Disk C: is 91% full",
		"3 of 812 invoices could not be matched",
		"Answers from the ERP take 4.2 s on average",
		"Memory: 1.8 of 2.0 GB in use",
	}
	failures = []string{
		"Cannot connect to SQL Server db01:1433: connection refused",
		"ERP refuses the sign-in: password has expired",
		"Flow 'Facturen' stopped: column \"btw_nummer\" not found",
		"SFTP server sftp.bank.example: host key has changed",
		"Out of disk space while writing /var/lib/connectagent/queue",
	}
	places         = []string{"Flow Orders", "Flow Facturen, step 3", "Connector SQL Server", "Connector SFTP", "Queue", "Scheduler"}
	suspendReasons = []string{"Invoice 2025-0417 not paid", "Asked by the customer for the holidays", "Key was found in a public place", "Being moved to another server"}
	endReasons     = []string{"Project was finished", "Replaced by a license for a year", "Customer stopped the trial", "Issued twice by mistake"}
	actingReasons  = []string{"Customer sees no agents in the list", "Help with the first license", "Check of the expiring licenses", "Agent does not report since the update", "Asked by phone to rename the agents", "Key was lost after a reinstallation"}
	notes          = []string{"For the new shop in Utrecht", "Our customer starts on the first of next month", "", "Same as last year, please", "Replaces the one that ends soon", ""}
	declineReasons = []string{"You have a free license for this: see Test lokaal", "Only after the order has been signed", "We agreed to do this next quarter"}
	browsers       = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
		"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
	}
)

// letters are those that an address of ours does without.
//
//nolint:gochecknoglobals // a constant table
var letters = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "ë", "e", "â", "a", "û", "u", "ç", "c", "'", "", "’", "", " ", "",
	"健太", "kenta", "美咲", "misaki", "翔", "sho", "陽子", "yoko", "山田", "yamada", "佐藤", "sato", "鈴木", "suzuki", "高橋", "takahashi",
	"ليلى", "layla", "عمر", "omar", "سلمى", "salma", "يوسف", "yusuf", "الحداد", "alhaddad", "النجار", "alnajjar", "الشامي", "alshami", "القاسم", "alqasim",
)

// address returns somebody's e-mail address at a company.
func address(first, last, slug string) string {
	return letters.Replace(strings.ToLower(first)) + "." + letters.Replace(strings.ToLower(last)) + "@" + slug + ".example"
}
