package io.iotdarelay.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody probably meant. */
public final class Suggestion {

    private static final int LETTERS_A_MISTAKE = 3;

    private Suggestion() {}

    /** {@code ; did you mean 'from'?}, or nothing if no candidate is close. */
    public static String among(String word, Collection<String> candidates) {
        return nearest(word, candidates).map(Suggestion::of).orElse("");
    }

    /** The same for a word that is known. */
    public static String of(String word) {
        return "; did you mean '" + word + "'?";
    }

    /** The candidate that differs in the fewest letters: one in three at most. */
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        String given = word.toLowerCase(Locale.ROOT);
        int most = Math.max(1, word.length() / LETTERS_A_MISTAKE);
        return candidates.stream()
                .filter(candidate -> Math.abs(candidate.length() - word.length()) <= most)
                .filter(candidate -> distance(given, candidate.toLowerCase(Locale.ROOT)) <= most)
                .min(Comparator.<String>comparingInt(candidate -> distance(given, candidate.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** How many letters must be inserted, removed, replaced, or swapped with the next (optimal string alignment). */
    private static int distance(String from, String to) {
        int[][] distances = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                distances[i][j] = i == 0 || j == 0 ? i + j : step(distances, from, to, i, j);
            }
        }
        return distances[from.length()][to.length()];
    }

    private static int step(int[][] distances, String from, String to, int i, int j) {
        char last = from.charAt(i - 1);
        char other = to.charAt(j - 1);
        int least = distances[i - 1][j - 1] + (last == other ? 0 : 1);
        least = Math.min(least, Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
        return i > 1 && j > 1 && last == to.charAt(j - 2) && other == from.charAt(i - 2)
                ? Math.min(least, distances[i - 2][j - 2] + 1)
                : least;
    }
}
