package io.iotdarelay.client;

/** How a verb ends, for scripts. */
final class ExitCode {

    static final int FINE = 0;

    /** Something is stuck, set aside, paused or not delivered; or a list that should be empty is not. */
    static final int FINDINGS = 1;

    static final int USAGE = 2;

    /** Nobody listens, or no answer came in time. */
    static final int UNREACHABLE = 3;

    /** 401 or 403. */
    static final int NOT_ALLOWED = 4;

    /** Any other refusal. */
    static final int REFUSED = 5;

    /** An answer that is none of a relay. */
    static final int NOT_UNDERSTOOD = 6;

    /** For the help of each verb. */
    static final String MEANINGS =
            "Exit codes: 0 fine, 1 findings, 2 the command line is wrong, 3 no answer, 4 not allowed (401, 403), 5 refused by the relay,"
                    + " 6 an answer that was not understood.";

    private ExitCode() {}
}
