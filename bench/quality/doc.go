// Package quality measures how often the semantic cache is right: over pairs of
// questions of which somebody said whether they have one answer, and over streams of
// questions as they come. make cache-quality prints the tables.
//
// The sets lie outside the repository, in ../shared/data/semantic; where they are absent
// their tables are left out, saying so. Nothing of the product is made of them. What
// stands in testdata is our own and always checked.
package quality
