from django.urls import path

from spaces.views import blocking, book, booking, day, series, staff, week

urlpatterns = [
    path("book/", book.book, name="book"),
    path("book/seats/", book.book_seats, name="book_seats"),
    path("book/<uuid:space_id>/", book.book_space_confirm, name="book_space_confirm"),
    path("book/<uuid:space_id>/create/", book.book_space_create, name="book_space_create"),
    path("book/<uuid:space_id>/series/", series.series_new, name="series_new"),
    path("book/<uuid:space_id>/series/create/", series.series_create, name="series_create"),
    path("series/<uuid:series_id>/", series.series_detail, name="series_detail"),
    path("series/<uuid:series_id>/move/", series.series_move, name="series_move"),
    path("series/<uuid:series_id>/cancel/", series.series_cancel, name="series_cancel"),
    path("series/<uuid:series_id>/confirm/", series.series_confirm, name="series_confirm"),
    path("series/<uuid:series_id>/decline/", series.series_decline, name="series_decline"),
    path("bookings/", booking.booking_list, name="booking_list"),
    path("bookings/day/", day.booking_day, name="booking_day"),
    path("bookings/inbox/", booking.booking_inbox, name="booking_inbox"),
    path("bookings/new/", staff.booking_new, name="booking_new"),
    path("buildings/<uuid:building_id>/week/", week.building_week, name="building_week"),
    path("blockings/", blocking.blocking_list, name="blocking_list"),
    path("blockings/new/", blocking.blocking_new, name="blocking_new"),
    path("blockings/<uuid:blocking_id>/", blocking.blocking_edit, name="blocking_edit"),
    path("blockings/<uuid:blocking_id>/end/", blocking.blocking_end, name="blocking_end"),
    path("bookings/<uuid:booking_id>/", booking.booking_detail, name="booking_detail"),
    path("bookings/<uuid:booking_id>/card/", booking.booking_card, name="booking_card"),
    path("bookings/<uuid:booking_id>/done/", booking.booking_done, name="booking_done"),
    path("bookings/<uuid:booking_id>/confirm/", booking.booking_confirm, name="booking_confirm"),
    path("bookings/<uuid:booking_id>/reopen/", booking.booking_reopen, name="booking_reopen"),
    path("bookings/<uuid:booking_id>/decline/", booking.booking_decline, name="booking_decline"),
    path("bookings/<uuid:booking_id>/cancel/", booking.booking_cancel, name="booking_cancel"),
    path("bookings/<uuid:booking_id>/move/", booking.booking_move, name="booking_move"),
]
