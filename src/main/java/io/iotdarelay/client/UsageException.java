package io.iotdarelay.client;

/** The command line cannot be carried out: told like a wrong option, with exit code 2. Never leaves the room. */
final class UsageException extends Exception {

    UsageException(String message) {
        super(message);
    }
}
