package io.iotdarelay.appside;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list of devices, newest first. None of them has a secret.
 *
 * @param leftOut how many have an ID that no device of the relay can have
 * @param count how many there are on all pages, as the platform says
 * @param delivered how many are on this page and on those before it
 * @param next what to ask for the next page with; empty if there is none
 */
public record DevicePage(List<Device> devices, int leftOut, long count, long delivered, Optional<String> next) {

    /** The most devices of a page. */
    public static final int LIMIT = 50;

    /** The marker of the first page. */
    static final String FIRST = "f".repeat(24);

    public DevicePage {
        devices = List.copyOf(devices);
    }
}
