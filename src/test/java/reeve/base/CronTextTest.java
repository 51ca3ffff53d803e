package reeve.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CronTextTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "* * * * *              | 2026-01-05T08:00:00 | 2026-01-05T08:01",
            "* * * * *              | 2026-01-05T08:00:59.5 | 2026-01-05T08:01",
            "0 * * * *              | 2026-01-05T08:00:00 | 2026-01-05T09:00",
            "@hourly                | 2026-01-05T23:10:00 | 2026-01-06T00:00",
            "*/15 9-17 * * mon-fri  | 2026-01-09T17:45:00 | 2026-01-12T09:00",
            "5,10,20-22 3 * * *     | 2026-01-05T03:10:00 | 2026-01-05T03:20",
            "0 0 1 * *              | 2026-01-05T08:00:00 | 2026-02-01T00:00",
            "@monthly               | 2026-12-05T08:00:00 | 2027-01-01T00:00",
            "@yearly                | 2026-01-01T00:00:00 | 2027-01-01T00:00",
            "@weekly                | 2026-01-05T08:00:00 | 2026-01-11T00:00",
            "0 0 * * 7              | 2026-01-05T08:00:00 | 2026-01-11T00:00",
            "0 0 * * fri-7          | 2026-01-10T08:00:00 | 2026-01-11T00:00",
            "0 0 13 * fri           | 2026-02-12T08:00:00 | 2026-02-13T00:00",
            "0 0 13 * fri           | 2026-02-13T08:00:00 | 2026-02-20T00:00",
            "0 0 */2 * mon          | 2026-01-05T08:00:00 | 2026-01-19T00:00",
            "0 0 29 FEB *           | 2026-01-05T08:00:00 | 2028-02-29T00:00",
            "0 0 29 2 */6           | 2026-01-05T08:00:00 | 2032-02-29T00:00",
            "10-40/15 2 * * *       | 2026-01-05T02:10:00 | 2026-01-05T02:25"})
    void whatFitsComesNext(String expression, LocalDateTime after, LocalDateTime next) {
        assertThat(CronText.parse(expression).next(after.atZone(BERLIN))).isEqualTo(next.atZone(BERLIN));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "60 * * * *     | minute '60': allowed are 0 to 59",
            "* 24 * * *     | hour '24': allowed are 0 to 23",
            "* * 0 * *      | day of month '0': allowed are 1 to 31",
            "* * * 13 *     | month '13': allowed are 1 to 12 and jan to dec",
            "* * * * 8      | day of week '8': allowed are 0 to 7 and sun to sat",
            "* * * * fry    | day of week 'fry': allowed are",
            "1, * * * *     | minute '': allowed are",
            "9-5 * * * *    | minute '9-5': the range ends before it begins",
            "*/0 * * * *    | minute '*/0': a step is a number from 1 to 99",
            "5/10 * * * *   | minute '5/10': a step needs a range before it",
            "1-2-3 * * * *  | minute '2-3': allowed are",
            "* * L * *      | day of month 'L': allowed are",
            "* * * *        | it has 4 fields, expected are 5",
            "0 * * * * *    | it has 6 fields, expected are 5",
            "''             | it has 1 fields, expected are 5",
            "@dayly         | there is no '@dayly'; did you mean '@daily'?",
            "@reboot        | there is no '@reboot'",
            "0 0 30 2 *     | day of month '30': month '2' has no such day",
            "0 0 31 4,6,9,11 * | day of month '31': month '4,6,9,11' has no such day"})
    void aWrongFieldIsNamed(String expression, String error) {
        assertThatThrownBy(() -> CronText.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot read '" + expression + "' as a schedule: ")
                .hasMessageContaining(error);
    }

    /// In Berlin the clock goes from 02:00 to 03:00 on 2026-03-29.
    @Test
    void aFixedTimeThatIsSkippedComesOnceAtTheChange() {
        ZonedDateTime before = LocalDateTime.parse("2026-03-29T01:00").atZone(BERLIN);
        for (String expression : List.of("30 2 * * *", "0 2 * * *", "15,45 2 * * *", "15,45 2 29 3 *")) {
            CronText cron = CronText.parse(expression);
            ZonedDateTime change = cron.next(before);
            assertThat(change).as(expression).isEqualTo(LocalDateTime.parse("2026-03-29T03:00").atZone(BERLIN));
            assertThat(cron.next(change)).as(expression).isAfter(change.plusHours(20));
        }
        assertThat(CronText.parse("59 2 * * *").next(before)).isEqualTo(LocalDateTime.parse("2026-03-29T03:00").atZone(BERLIN));
        assertThat(CronText.parse("30 3 * * *").next(before)).isEqualTo(LocalDateTime.parse("2026-03-29T03:30").atZone(BERLIN));
    }

    @Test
    void timesWithWildcardsThatAreSkippedDoNotCome() {
        ZonedDateTime before = LocalDateTime.parse("2026-03-29T01:50").atZone(BERLIN);
        assertThat(CronText.parse("30 * * * *").next(before)).isEqualTo(LocalDateTime.parse("2026-03-29T03:30").atZone(BERLIN));
        assertThat(CronText.parse("*/30 2 * * *").next(before)).isEqualTo(LocalDateTime.parse("2026-03-30T02:00").atZone(BERLIN));
    }

    /// In Berlin the clock goes from 03:00 back to 02:00 on 2026-10-25.
    @Test
    void aFixedTimeThatIsRepeatedComesOnce() {
        CronText cron = CronText.parse("30 2 * * *");
        ZonedDateTime first = cron.next(LocalDateTime.parse("2026-10-25T00:00").atZone(BERLIN));
        assertThat(first.toInstant()).isEqualTo(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(cron.next(first)).isEqualTo(LocalDateTime.parse("2026-10-26T02:30").atZone(BERLIN));
        assertThat(cron.next(Instant.parse("2026-10-25T01:10:00Z").atZone(BERLIN)))
                .as("asked for between the repeated 02:00 and 02:30").isEqualTo(LocalDateTime.parse("2026-10-26T02:30").atZone(BERLIN));
    }

    @Test
    void timesWithWildcardsThatAreRepeatedComeTwice() {
        CronText cron = CronText.parse("30 * * * *");
        ZonedDateTime first = cron.next(LocalDateTime.parse("2026-10-25T02:00").atZone(BERLIN));
        assertThat(first.toInstant()).isEqualTo(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(cron.next(first).toInstant()).isEqualTo(Instant.parse("2026-10-25T01:30:00Z"));
    }

    /// On Samoa the whole of 2011-12-30 was left out: the other side of the date line, not daylight saving.
    @Test
    void aDayThatIsSkippedIsNotMadeUpFor() {
        ZoneId apia = ZoneId.of("Pacific/Apia");
        assertThat(CronText.parse("0 12 * * *").next(LocalDateTime.parse("2011-12-29T13:00").atZone(apia)))
                .isEqualTo(LocalDateTime.parse("2011-12-31T12:00").atZone(apia));
    }

    /// Random expressions near changes of the clock against a matcher that looks at each minute.
    @Test
    void itFindsWhatALookAtEachMinuteFinds() {
        var random = new Random(4711);
        List<ZoneId> zones = List.of(BERLIN, ZoneId.of("UTC"), ZoneId.of("Australia/Lord_Howe"), ZoneId.of("America/New_York"));
        for (int i = 0; i < 3000; i++) {
            var zone = zones.get(random.nextInt(zones.size()));
            var expression = new Generated(random);
            Instant start = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextLong(366L * 24 * 3600));
            ZoneOffsetTransition change = zone.getRules().nextTransition(start);
            ZonedDateTime after = (change == null || random.nextBoolean() ? start
                    : change.getInstant().plusSeconds(random.nextInt(6 * 3600) - 4 * 3600)).atZone(zone);
            ZonedDateTime next = CronText.parse(expression.text).next(after);
            Instant end = after.toInstant().plus(Duration.ofDays(2));
            assertThat(Optional.of(next.toInstant()).filter(found -> !found.isAfter(end)))
                    .as("'%s' after %s", expression.text, after).isEqualTo(expression.looked(after, end));
        }
    }

    /// An expression with the numbers it means, and the slow way to find its next time.
    private static final class Generated {
        private final List<TreeSet<Integer>> numbers = new ArrayList<>();
        private final String text;

        Generated(Random random) {
            var fields = new ArrayList<String>();
            int[][] ranges = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};
            for (int[] range : ranges) {
                var fits = new TreeSet<Integer>();
                fields.add(field(random, range[0], range[1], fits, fields.size() >= 2));
                numbers.add(fits);
            }
            text = comes() ? String.join(" ", fields) : "0 0 * * *";
            if (!comes()) {
                List.of(0, 1).forEach(i -> numbers.set(i, new TreeSet<>(List.of(0))));
                List.of(2, 3, 4).forEach(i -> numbers.get(i).addAll(IntStream.rangeClosed(ranges[i][0], ranges[i][1]).boxed().toList()));
            }
        }

        private boolean comes() {
            return numbers.get(2).first() <= 28; // later days might be in none of the months
        }

        private static String field(Random random, int least, int most, TreeSet<Integer> fits, boolean oftenAll) {
            if (random.nextInt(3) == 0 || oftenAll && random.nextInt(2) == 0) {
                int step = random.nextBoolean() ? 1 : 1 + random.nextInt(most);
                for (int n = least; n <= most; n += step) {
                    fits.add(n);
                }
                return step == 1 ? "*" : "*/" + step;
            }
            var parts = new ArrayList<String>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                int from = least + random.nextInt(most - least + 1);
                int to = random.nextBoolean() ? from : from + random.nextInt(most - from + 1);
                fits.addAll(IntStream.rangeClosed(from, to).boxed().toList());
                parts.add(from == to ? Integer.toString(from) : from + "-" + to);
            }
            return String.join(",", parts);
        }

        private boolean fits(LocalDateTime time) {
            String[] fields = text.split(" ");
            boolean inMonth = numbers.get(2).contains(time.getDayOfMonth());
            boolean inWeek = numbers.get(4).contains(time.getDayOfWeek().getValue() % 7);
            boolean either = !fields[2].startsWith("*") && !fields[4].startsWith("*");
            return numbers.get(0).contains(time.getMinute()) && numbers.get(1).contains(time.getHour())
                    && numbers.get(3).contains(time.getMonthValue()) && (either ? inMonth || inWeek : inMonth && inWeek);
        }

        private Optional<Instant> looked(ZonedDateTime after, Instant end) {
            boolean fixed = !text.startsWith("*") && !text.split(" ")[1].startsWith("*");
            Instant first = after.toInstant().truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
            for (Instant at = first; !at.isAfter(end); at = at.plusSeconds(60)) {
                ZonedDateTime shown = at.atZone(after.getZone());
                boolean repeated = !shown.equals(shown.withEarlierOffsetAtOverlap());
                if (fits(shown.toLocalDateTime()) && !(fixed && repeated) || fixed && skippedJustBefore(shown)) {
                    return Optional.of(at);
                }
            }
            return Optional.empty();
        }

        private boolean skippedJustBefore(ZonedDateTime shown) {
            LocalDateTime before = shown.minusMinutes(1).toLocalDateTime();
            for (LocalDateTime at = before.plusMinutes(1); at.isBefore(shown.toLocalDateTime()); at = at.plusMinutes(1)) {
                if (fits(at)) {
                    return true;
                }
            }
            return false;
        }
    }
}
