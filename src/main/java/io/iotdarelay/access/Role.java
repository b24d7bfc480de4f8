package io.iotdarelay.access;

/** What a user may do. */
public enum Role {
    /** See everything. */
    VIEWER,
    /** See everything, and change what can be changed over HTTP. */
    OPERATOR
}
