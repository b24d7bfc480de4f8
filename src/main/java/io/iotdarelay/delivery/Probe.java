package io.iotdarelay.delivery;

/** What became of a device that an operator had tried. */
public enum Probe {
    /** It authenticated: what waits is sent, and what comes is delivered. */
    AUTHENTICATED("authenticated"),
    /** The platform refused it, or did not answer; it is described by its last request. */
    REFUSED("refused"),
    /** It waits for a breaker, or for its turn; it is tried then. */
    POSTPONED("postponed"),
    /** This instance has no record of it, or nobody knows it: another instance may be sending for it. */
    NOT_HERE("not-here");

    private final String code;

    Probe(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }
}
