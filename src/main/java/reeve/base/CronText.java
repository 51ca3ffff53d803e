package reeve.base;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Times written as five fields of crontab(5): minute, hour, day of month, month, day of week. Each is `*`, a number, a range
/// `a-b`, a list of these with commas, with a step `/n` after `*` or a range; months and days of the week also by their first
/// three letters; 0 and 7 are Sunday. Also `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`.
///
/// As in Vixie cron: where day of month and day of week both do not begin with `*`, one of them is enough; otherwise both
/// must fit. Where the clock is put forward by less than three hours, a time that is skipped comes at the change, once; where it
/// is put back, a time that is repeated does not come again. That is so for a fixed time only: where minute or hour begins
/// with `*`, the times are those that the clock shows, so skipped ones do not come and repeated ones come twice. Pure.
public final class CronText {
    private static final Duration SHORT_CHANGE = Duration.ofHours(3);
    private static final int MOST_YEARS = 50; // the 29th of February on one day of the week: within 40
    private static final Map<String, String> SHORTHANDS = Map.of(
            "@hourly", "0 * * * *", "@daily", "0 0 * * *", "@midnight", "0 0 * * *", "@weekly", "0 0 * * 0", "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *");
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    private final String expression;
    private final Field minute;
    private final Field hour;
    private final Field dayOfMonth;
    private final Field month;
    private final Field dayOfWeek;

    /// @param bits  a bit for each number that fits
    /// @param every whether it begins with `*`
    private record Field(long bits, boolean every) {
        boolean fits(int number) {
            return (bits >> number & 1) != 0;
        }
    }

    /// What may stand in a field.
    /// @param names of the numbers from `least` on; empty for none
    private record Allowed(String name, int least, int most, List<String> names) {
        static final Allowed MINUTE = new Allowed("minute", 0, 59, List.of());
        static final Allowed HOUR = new Allowed("hour", 0, 23, List.of());
        static final Allowed DAY_OF_MONTH = new Allowed("day of month", 1, 31, List.of());
        static final Allowed MONTH = new Allowed("month", 1, 12, MONTHS);
        static final Allowed DAY_OF_WEEK = new Allowed("day of week", 0, 7, DAYS);

        Field read(String text) {
            long bits = 0;
            for (String part : text.split(",", -1)) {
                bits |= part(part);
            }
            return new Field(bits, text.startsWith("*"));
        }

        private long part(String part) {
            String[] halves = part.split("/", -1);
            String range = halves[0];
            int step = halves.length == 1 ? 1 : step(part, halves);
            int dash = range.indexOf('-');
            if (halves.length == 2 && dash < 0 && !range.equals("*")) {
                throw wrong(part, "a step needs a range before it, or '*'");
            }
            int from = range.equals("*") ? least : number(dash < 0 ? range : range.substring(0, dash));
            int to = range.equals("*") ? most : dash < 0 ? from : number(range.substring(dash + 1));
            if (from > to) {
                throw wrong(part, "the range ends before it begins");
            }
            long bits = 0;
            for (int number = from; number <= to; number += step) {
                bits |= 1L << number;
            }
            return bits;
        }

        private int step(String part, String[] halves) {
            if (halves.length == 2 && halves[1].matches("[0-9]{1,2}") && Integer.parseInt(halves[1]) > 0) {
                return Integer.parseInt(halves[1]);
            }
            throw wrong(part, "a step is a number from 1 to 99");
        }

        private int number(String text) {
            int named = names.indexOf(text.toLowerCase(Locale.ROOT));
            int number = named >= 0 ? named + least : text.matches("[0-9]{1,2}") ? Integer.parseInt(text) : -1;
            if (number < least || number > most) {
                throw wrong(text, "allowed are " + least + " to " + most
                        + (names.isEmpty() ? "" : " and " + names.getFirst() + " to " + names.getLast()));
            }
            return number;
        }

        private IllegalArgumentException wrong(String text, String why) {
            return new IllegalArgumentException(name + " '" + text + "': " + why);
        }
    }

    private CronText(String expression, List<String> fields) {
        this.expression = expression;
        this.minute = Allowed.MINUTE.read(fields.get(0));
        this.hour = Allowed.HOUR.read(fields.get(1));
        this.dayOfMonth = Allowed.DAY_OF_MONTH.read(fields.get(2));
        this.month = Allowed.MONTH.read(fields.get(3));
        Field days = Allowed.DAY_OF_WEEK.read(fields.get(4));
        this.dayOfWeek = new Field(days.bits() | days.bits() >> 7, days.every());
    }

    /// @throws IllegalArgumentException naming the field that is wrong, also where the time never comes, as on the 30th of February
    public static CronText parse(String expression) {
        try {
            return read(expression);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cannot read '" + expression + "' as a schedule: " + e.getMessage(), e);
        }
    }

    private static CronText read(String expression) {
        String text = expression.strip();
        if (text.startsWith("@") && !SHORTHANDS.containsKey(text)) {
            throw new IllegalArgumentException("there is no '" + text + "'" + Nearest.hint(text, SHORTHANDS.keySet()));
        }
        List<String> fields = List.of(SHORTHANDS.getOrDefault(text, text).split("[ \t]+"));
        if (fields.size() != 5) {
            throw new IllegalArgumentException("it has " + fields.size()
                    + " fields, expected are 5: minute, hour, day of month, month, day of week");
        }
        var cron = new CronText(expression, fields);
        if (!cron.comes()) {
            throw new IllegalArgumentException("day of month '" + fields.get(2) + "': month '" + fields.get(3) + "' has no such day");
        }
        return cron;
    }

    private boolean comes() {
        if (!dayOfMonth.every() && !dayOfWeek.every()) {
            return true; // the day of the week is enough
        }
        for (LocalDate day = LocalDate.of(2024, 1, 1); day.getYear() == 2024; day = day.plusDays(1)) { // a leap year
            if (month.fits(day.getMonthValue()) && dayOfMonth.fits(day.getDayOfMonth())) {
                return true;
            }
        }
        return false;
    }

    /// The first time after this one, in the same zone.
    public ZonedDateTime next(ZonedDateTime after) {
        ZoneRules rules = after.getZone().getRules();
        Instant now = after.toInstant();
        ZoneOffset offset = rules.getOffset(now);
        LocalDateTime from = LocalDateTime.ofInstant(now, offset).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        from = unrepeated(from, rules.previousTransition(now.plusNanos(1)));
        while (true) {
            LocalDateTime next = nextShown(from);
            ZoneOffsetTransition change = rules.nextTransition(now);
            if (change == null || next.toInstant(offset).isBefore(change.getInstant())) {
                return next.toInstant(offset).atZone(after.getZone());
            }
            boolean makesUp = isFixed() && isShort(change) && change.isGap();
            if (makesUp && nextShown(change.getDateTimeBefore()).isBefore(change.getDateTimeAfter())) {
                return change.getInstant().atZone(after.getZone());
            }
            now = change.getInstant();
            offset = change.getOffsetAfter();
            from = unrepeated(change.getDateTimeAfter(), change);
        }
    }

    /// Where the clock was put back, a fixed time is looked for only after what the clock shows for the second time.
    private LocalDateTime unrepeated(LocalDateTime from, @Nullable ZoneOffsetTransition change) {
        boolean repeats = change != null && isFixed() && isShort(change) && change.isOverlap();
        return repeats && from.isBefore(change.getDateTimeBefore()) ? change.getDateTimeBefore() : from;
    }

    private boolean isFixed() {
        return !minute.every() && !hour.every();
    }

    private static boolean isShort(ZoneOffsetTransition change) {
        return change.getDuration().abs().compareTo(SHORT_CHANGE) < 0;
    }

    /// The first time that fits, this one or later, were no clock ever changed.
    private LocalDateTime nextShown(LocalDateTime from) {
        if (fits(from.toLocalDate())) {
            Optional<LocalTime> today = nextShown(from.toLocalTime());
            if (today.isPresent()) {
                return from.toLocalDate().atTime(today.get());
            }
        }
        LocalTime first = nextShown(LocalTime.MIN).orElseThrow();
        LocalDate day = from.toLocalDate().plusDays(1);
        for (LocalDate last = day.plusYears(MOST_YEARS); day.isBefore(last);) {
            if (!month.fits(day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
            } else if (fits(day)) {
                return day.atTime(first);
            } else {
                day = day.plusDays(1);
            }
        }
        throw new IllegalStateException("cannot tell when '" + expression + "' comes next: not within " + MOST_YEARS + " years");
    }

    private Optional<LocalTime> nextShown(LocalTime from) {
        for (int at = from.toSecondOfDay() + 59; at / 60 < 24 * 60; at += 60) { // a part of a minute counts as the next one
            int minutes = at / 60;
            if (hour.fits(minutes / 60) && minute.fits(minutes % 60)) {
                return Optional.of(LocalTime.of(minutes / 60, minutes % 60));
            }
        }
        return Optional.empty();
    }

    private boolean fits(LocalDate day) {
        boolean inMonth = dayOfMonth.fits(day.getDayOfMonth());
        boolean inWeek = dayOfWeek.fits(day.getDayOfWeek().getValue() % 7);
        return month.fits(day.getMonthValue()) && (dayOfMonth.every() || dayOfWeek.every() ? inMonth && inWeek : inMonth || inWeek);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronText cron && cron.expression.equals(expression);
    }

    @Override
    public int hashCode() {
        return expression.hashCode();
    }

    /// As it was written.
    @Override
    public String toString() {
        return expression;
    }
}
