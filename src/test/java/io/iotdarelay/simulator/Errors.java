package io.iotdarelay.simulator;

/** The errors that the documents list for the four calls, with their texts. */
public final class Errors {

    private Errors() {}

    public static Reply invalidInput() {
        return Reply.error(400, "IOTDA.000006", "Invalid input data.");
    }

    public static Reply authenticationFailed() {
        return Reply.error(401, "IOTDA.000002", "Authentication failed.");
    }

    public static Reply invalidToken() {
        return Reply.error(403, "IOTDA.000004", "Invalid access token.");
    }

    public static Reply rateLimit() {
        return Reply.error(403, "IOTDA.021101", "Request reached the maximum rate limit.");
    }

    public static Reply tenantRateLimit(long limit) {
        return Reply.error(
                403,
                "IOTDA.021102",
                "The request rate has reached the upper limit of the tenant, limit " + limit + ".");
    }

    public static Reply tooManyChildren(int limit) {
        return Reply.error(
                403,
                "IOTDA.021103",
                "The number of subdevices in the request exceeds the upper limit (" + limit + ").");
    }

    public static Reply foreignChild() {
        return Reply.error(
                400, "IOTDA.021104", "Subdevices in the request does not exist or does not belong to the gateway.");
    }

    public static Reply tooLarge() {
        return Reply.error(403, "IOTDA.021105", "The content reported in a single request cannot exceed 1 MB.");
    }
}
