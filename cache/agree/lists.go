package agree

import "strings"

// numerals are numbers written as words.
var numerals = map[string]string{
	"zero": "0", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "twenty": "20", "thirty": "30",
	"forty": "40", "fifty": "50", "sixty": "60", "hundred": "100", "thousand": "1000",
}

// empty lists words that say nothing about the subject of an answer.
var empty = set(`a an the this that these those it its is are was were be been being am do does did done have has had
having will would shall should can could may might must of to in on at by for from with without into onto over under as and or
but if then than so such there here what which who whom whose when where why how i you he she we they me him her us them my your
his our their yes sure certainly course please thanks answer also just very more most some any each every all about up out off
one first here's it's that's you're i'm let's`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
