package io.iotdarelay.client;

/** Tells a command line that asks a running relay from all others. It loads nothing else, since the service asks it at every start. */
public final class ClientVerbs {

    private ClientVerbs() {}

    /** Whether the arguments begin with a verb of this room. */
    public static boolean isOne(String[] arguments) {
        return switch (arguments.length == 0 ? "" : arguments[0]) {
            case "status", "explain", "quarantine", "pause", "resume", "deadletters" -> true;
            case "devices" -> arguments.length > 1 && arguments[1].equals("list");
            default -> false;
        };
    }
}
