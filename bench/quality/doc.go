// Package quality measures how often the semantic cache is right: over pairs of
// questions that are labelled with whether they have the same answer, and over streams
// of questions. make cache-quality prints the tables.
//
// The sets are outside the repository, in ../shared/data/semantic; if they are absent
// their tables are left out with a note. The product was not made from them. The sets in
// testdata are our own and always checked.
package quality
