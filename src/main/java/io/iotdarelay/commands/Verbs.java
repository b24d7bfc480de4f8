package io.iotdarelay.commands;

/** Tells a command line with a verb from one of the service. It loads nothing else, since the service asks it at every start. */
public final class Verbs {

    private Verbs() {}

    /**
     * Whether the first argument is a verb: a word. The arguments of the service begin with two hyphens. Help and the version are
     * asked for by a single argument.
     */
    public static boolean isVerb(String[] arguments) {
        if (arguments.length == 0) {
            return false;
        }
        String first = arguments[0];
        return (!first.isEmpty() && Character.isLetter(first.charAt(0)) && !first.contains("="))
                || (arguments.length == 1
                        && (first.equals("--help") || first.equals("-h") || first.equals("--version")));
    }
}
